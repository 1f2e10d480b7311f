import { exact, timeInWords } from "./times.js";

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

/** Shows the times `within` an element in the reader's time zone: short in tables, exact in tooltips. */
export function tellTimes(within) {
  const year = new Date().getFullYear();
  for (const tag of within.querySelectorAll("time[datetime]")) {
    const at = new Date(tag.dateTime);
    if (isNaN(at)) continue;
    const short = at.getFullYear() === year ? day : dayAndYear;
    tag.title = exact.format(at);
    tag.textContent = timeInWords(at, tag.closest("table") ? short : undefined);
  }
}
