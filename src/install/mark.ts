/** Stands in every text file that hb puts on a host, so that hb knows its own when it updates or removes them. */
export const MARK = 'Put here by hb; hb install brings it up to date and hb uninstall removes it.'
