// Where your sign-in page sends people when it is done. The portal puts the address into return_to, but so can anybody
// who writes a link to your sign-in page. Without this check it would lead people from your domain to any other.

/** The address in `returnTo` if it is one of the portal's, else the portal's first page. */
export function returnAddress(returnTo, portal) {
  // The slash ends the host's name: nothing behind it can lead elsewhere, whatever it is. Do not compare less than
  // this, and do not let the slash go: https://help.example.com.evil.example begins like the portal, too.
  const own = typeof returnTo === "string" && returnTo.startsWith(`${portal}/`);
  // Parsed and written anew, it has no line break left that would end your Location header.
  return own ? new URL(returnTo).href : `${portal}/tickets`;
}
