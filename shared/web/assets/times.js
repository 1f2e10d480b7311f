// Times as portal and Messenger show them: in the reader's time zone and language.

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const dayAndHour = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The full format, for tooltips. */
export const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Writes today and yesterday as words with the hour, other days in `format`. */
export function timeInWords(at, format = dayAndHour) {
  const [today, yesterday] = [new Date(), new Date()];
  yesterday.setDate(today.getDate() - 1);
  const isOn = (day) => at.toDateString() === day.toDateString();
  const name = isOn(today) ? "Today" : isOn(yesterday) && "Yesterday";
  return name ? `${name}, ${clock.format(at)}` : format.format(at);
}
