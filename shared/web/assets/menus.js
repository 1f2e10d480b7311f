// Closes menus when people expect it: on a click elsewhere or the Escape key.

export const openMenu = () => document.querySelector("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && openMenu();
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
