/** The release, as package.json says it: functions cannot read outside of their folder. */
export const VERSION = "1.0.0";
