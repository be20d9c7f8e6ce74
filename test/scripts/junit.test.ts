import { describe, expect, test } from 'bun:test'
import { add, closingCounts, closingLine, junitCounts, verdict } from '../../scripts/runner/junit.ts'

const report = (attributes: string) =>
  `<?xml version="1.0"?>\n<testsuites name="bun test" ${attributes} time="0.1">\n<testsuite tests="99"/>\n</testsuites>`

describe('a JUnit report', () => {
  test('is counted on its outermost element', () => {
    const counts = junitCounts(report('tests="7" assertions="20" failures="2" skipped="1"'))
    expect(counts).toEqual({ passed: 4, failed: 2, skipped: 1 })
  })

  test.each([
    ['empty', ''],
    ['cut short', '<?xml version="1.0"?>\n<testsuites name="bun'],
    ['without counts', report('')],
    ['without failures', report('tests="3" skipped="0"')],
    ['impossible', report('tests="1" failures="2" skipped="0"')],
  ])('that is %s is no report', (_, xml) => {
    expect(junitCounts(xml)).toBeNull()
  })
})

describe('a closing line', () => {
  test('is the last one of its form', () => {
    expect(closingCounts('1 passed, 1 failed\nmore\n53 passed, 0 failed\n')).toEqual({
      passed: 53,
      failed: 0,
      skipped: 0,
    })
    expect(closingCounts('2 passed, 3 failed, 4 skipped')).toEqual({ passed: 2, failed: 3, skipped: 4 })
  })

  test('must stand alone on its line', () => {
    expect(closingCounts('about 53 passed, 0 failed')).toBeNull()
    expect(closingCounts('')).toBeNull()
  })

  test('names skipped tests only where there are some', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
    expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped')
  })
})

describe('a verdict', () => {
  const fine = { passed: 3, failed: 0, skipped: 0 }

  test('is the report where the exit code agrees', () => {
    expect(verdict(fine, 0)).toEqual({ counts: fine, complaint: null })
    const bad = { passed: 1, failed: 2, skipped: 0 }
    expect(verdict(bad, 1)).toEqual({ counts: bad, complaint: null })
  })

  test('counts a runner that crashed as a failure', () => {
    expect(verdict(null, 139).counts.failed).toBe(1)
    expect(verdict(null, 0).counts.failed).toBe(1)
    const { counts, complaint } = verdict(fine, 134)
    expect(counts).toEqual(add(fine, { passed: 0, failed: 1, skipped: 0 }))
    expect(complaint).toContain('134')
  })

  test('counts a runner without tests as a failure', () => {
    expect(verdict({ passed: 0, failed: 0, skipped: 0 }, 0).counts.failed).toBe(1)
  })
})
