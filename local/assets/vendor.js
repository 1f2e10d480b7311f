// As docs/messenger.md tells a vendor: a queue that calls wait in, `boot` with a token that the backend has signed, and a
// launcher of one's own.
window.TicketsPortal ||= function () { (TicketsPortal.q ||= []).push(arguments); };

const { token } = document.currentScript.dataset;
if (token) TicketsPortal("boot", { identity_token: token });

addEventListener("DOMContentLoaded", () => {
  const launcher = document.getElementById("launcher");
  const badge = launcher?.querySelector("output");
  launcher?.addEventListener("click", () => TicketsPortal("show"));
  TicketsPortal("onShow", () => { if (launcher) launcher.hidden = true; });
  TicketsPortal("onHide", () => { if (launcher) launcher.hidden = false; });
  TicketsPortal("onUnread", (count) => {
    if (!badge) return;
    badge.textContent = count ? `${count}` : "";
    launcher.ariaLabel = count ? `Help, ${count} with something new` : "Help";
  });
  // The portal's session ends before the app's own.
  document.getElementById("sign-out")?.addEventListener("submit", () => TicketsPortal("shutdown"));
});
