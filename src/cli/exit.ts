/** The exit codes of hb, in one place: the verbs, their help and the documentation read them here. */
export const Exit = {
  fine: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  notPermitted: 4,
  timedOut: 5,
  configuration: 6,
  cannotStart: 127,
} as const

export type ExitCode = (typeof Exit)[keyof typeof Exit]

/** What each code tells the caller. */
export const exitMeaning: Readonly<Record<ExitCode, string>> = {
  0: 'done as asked',
  1: 'refused or failed; the text says why',
  2: 'the call itself is wrong: unknown verb, option or word',
  3: 'not running: no hb here, or (hb resource ... status) the resource is stopped',
  4: 'not permitted: this needs root',
  5: 'no end within the time limit; the daemon may still finish it',
  6: 'the configuration refuses the start',
  127: 'the executable could not be started on this system',
}
