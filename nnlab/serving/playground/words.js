// Numbers as people read them.

/** 0.99191 → "99.2 %"; what is nearly everything or nearly nothing says so. */
export function percent(share, digits = 1) {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  if (value < 100 && value > 99.9) return "> 99.9 %";
  return `${value.toFixed(value === 0 || value === 100 ? 0 : digits)} %`;
}

export function count(number) {
  if (number >= 1e6) return `${(number / 1e6).toFixed(1)} million`;
  return number.toLocaleString("en");
}

export function bytes(number) {
  return number >= 1e6 ? `${(number / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(number / 1e3))} kB`;
}

export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 1 : 0)} s`;

/** "learning_rate" → "learning rate" */
export const spaced = (name) => name.replaceAll("_", " ");
