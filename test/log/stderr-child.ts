/** Writes far more to standard error than a pipe holds, then says on standard output how it went. */
import { openStderr } from '../../src/log/stderr.ts'

const stream = openStderr()
const startedMs = performance.now()
for (let i = 0; i < 3000; i++) stream.write('x'.repeat(100))
console.log(JSON.stringify({ lost: stream.lost, tookMs: performance.now() - startedMs }))
process.exit(0)
