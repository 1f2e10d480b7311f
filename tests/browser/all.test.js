// Node runs every test file in a process of its own. All suites that need a portal and a browser are in this one, so
// that they share one of each.

import { after } from "node:test";
import { close } from "./lib/site.js";

import "./suites/readme.js";
import "./suites/newcomer.js";
import "./suites/list.js";
import "./suites/ticket.js";
import "./suites/report.js";
import "./suites/reported.js";
import "./suites/live.js";
import "./suites/messenger.js";
import "./suites/messenger_report.js";
import "./suites/vendor.js";
import "./suites/vendor_of_demo.js";
import "./suites/keyboard.js";
import "./suites/no_script.js";
import "./suites/help_desk.js";
import "./suites/settings.js";
import "./suites/brands.js";
import "./suites/every_page.js";
import "./suites/screenshots.js";

after(close);
