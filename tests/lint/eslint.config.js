// What eslint looks at, and what each script may name. Paths are those of the repository: tests/lint/run starts it there.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/target/", "**/node_modules/", "**/.aws-sam/", "tests/out/"] },
  {
    ...js.configs.recommended,
    files: ["**/*.js", "**/*.mjs"],
    linterOptions: { reportUnusedDisableDirectives: "error", reportUnusedInlineConfigs: "error" },
    rules: {
      ...js.configs.recommended.rules,
      // Where there are two ways to write something, the newer one.
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-arrow-callback": "error",
      "prefer-const": "error",
      "prefer-exponentiation-operator": "error",
      "prefer-object-has-own": "error",
      "prefer-object-spread": "error",
      "prefer-template": "error",
      // Taking a field off an object by naming it.
      "no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // What is nearly always a mistake.
      "array-callback-return": "error",
      "default-case-last": "error",
      "no-constructor-return": "error",
      "no-self-compare": "error",
      "no-template-curly-in-string": "error",
      "no-unmodified-loop-condition": "error",
      "no-unreachable-loop": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-useless-rename": "error",
      "no-useless-return": "error",
      radix: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
    },
  },
  {
    // What browsers get.
    files: ["shared/**/*.js", "functions/**/*.js", "local/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      // Warnings and errors are for whoever puts the Messenger into a page; what helps only us is removed.
      "no-console": ["error", { allow: ["warn", "error"] }],
      "no-script-url": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "Text becomes text: use textContent or append().",
        })),
      ],
    },
  },
  {
    // A page of a vendor's has the Messenger's function.
    files: ["local/assets/**/*.js"],
    languageOptions: { globals: { TicketsPortal: "writable" } },
  },
  {
    // Tests run in Node, and the functions that they hand to pages in the browser.
    files: ["tests/browser/**/*.js"],
    languageOptions: { globals: { ...globals.node, ...globals.browser, axe: "readonly", TicketsPortal: "readonly" } },
  },
  {
    files: ["tests/wiring/**/*.mjs", "tests/lint/**/*.js", "docs/examples/**/*.mjs"],
    languageOptions: { globals: globals.nodeBuiltin },
  },
];
