/** Something that fails over and over is told when it begins and when it ends, and counted in between. */
export class Trouble {
  #why: string | null = null
  #since = 0
  #lost = 0
  readonly #what: string
  readonly #tell: (text: string) => void

  /** what: 'log file /var/log/ha-log'; tell gets one line each time. */
  constructor(what: string, tell: (text: string) => void) {
    this.#what = what
    this.#tell = tell
  }

  /** Lines lost since the beginning of the program. */
  get lost(): number {
    return this.#lost
  }

  /** A line was lost, for this reason. */
  failed(why: string): void {
    if (this.#why === null) this.#since = this.#lost
    this.#lost++
    if (this.#why !== null) return
    this.#why = why
    this.#tell(`${this.#what}: ${why}; lines are lost until this ends`)
  }

  /** A line was written. */
  worked(): void {
    if (this.#why === null) return
    this.#why = null
    const count = this.#lost - this.#since
    this.#tell(`${this.#what}: works again, ${count} ${count === 1 ? 'line was' : 'lines were'} lost`)
  }
}
