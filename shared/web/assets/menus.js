// Menus close as people expect them to.

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
