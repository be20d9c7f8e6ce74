/** The counts in a JUnit report, as `bun test --reporter=junit` writes it. */

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Reads the totals on the outermost element, and counts the skipped where it does not; null when this is no report. */
export function junitCounts(xml: string): Counts | null {
  const element = xml.match(/<testsuites\b[^>]*>/)?.[0]
  if (element === undefined) return null
  const count = (name: string): number | null => {
    const digits = element.match(new RegExp(` ${name}="(\\d+)"`))?.[1]
    return digits === undefined ? null : Number(digits)
  }
  const [tests, failures] = [count('tests'), count('failures')]
  const skipped = count('skipped') ?? [...xml.matchAll(/<skipped\b/g)].length
  if (tests === null || failures === null) return null
  const failed = failures + (count('errors') ?? 0)
  if (failed + skipped > tests) return null
  return { passed: tests - failed - skipped, failed, skipped }
}

/** Reads the last line of the form "3 passed, 0 failed" or "3 passed, 0 failed, 1 skipped"; null when there is none. */
export function closingCounts(text: string): Counts | null {
  const found = [...text.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1)
  if (!found) return null
  return { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) }
}

/** The closing line itself. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 }

/**
 * What a runner's report and its exit code say together. A runner that reports nothing, or no tests, or success with
 * an exit code of failure, has itself failed: that counts as one failure.
 */
export function verdict(report: Counts | null, code: number): { counts: Counts; complaint: string | null } {
  if (report === null) return { counts: { ...nothing, failed: 1 }, complaint: `left no report (exit code ${code})` }
  if (report.passed + report.failed + report.skipped === 0) {
    return { counts: { ...nothing, failed: 1 }, complaint: 'ran no tests' }
  }
  if (code !== 0 && report.failed === 0) {
    return { counts: add(report, { ...nothing, failed: 1 }), complaint: `reported no failure but ended with ${code}` }
  }
  return { counts: report, complaint: null }
}
