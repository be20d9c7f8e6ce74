/** The status endpoint, where the configuration in force wants it. */
import type { HttpConfig } from '../config/types.ts'
import { createApp } from '../http/app.ts'
import { type HttpServer, serve } from '../http/server.ts'
import type { StatusSource } from '../http/source.ts'
import type { Level } from '../io.ts'

export class Endpoint {
  private server: HttpServer | null = null
  private now: HttpConfig | null = null

  constructor(
    private readonly source: StatusSource,
    private readonly report: (level: Level, text: string) => void,
  ) {}

  /** null: switched off. One that stays where it is keeps its connections. */
  use(next: HttpConfig | null): void {
    if (this.now?.host === next?.host && this.now?.port === next?.port) return
    this.close()
    this.now = next
    if (next !== null) this.server = serve(createApp(this.source), { ...next, report: this.report })
    else this.report('info', 'status endpoint switched off')
  }

  close(): void {
    this.server?.close()
    this.server = null
    this.now = null
  }
}
