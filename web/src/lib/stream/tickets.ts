/** Tokens that open the stream of one run and nothing else: fit to be put into a URL. */

export interface Ticket {
  readonly token: string
  /** In ms since 1970. */
  readonly expiresAt: number
}

/** A line that is opened with less left than this would soon have to be opened again. */
const LEAST_LEFT_MS = 60_000

export class Tickets {
  private readonly held = new Map<number, Ticket>()
  private readonly issue: (runId: number) => Promise<Ticket>
  private readonly now: () => number

  /** @param now the time in ms since 1970 */
  constructor(issue: (runId: number) => Promise<Ticket>, now: () => number) {
    this.issue = issue
    this.now = now
  }

  /** A ticket that is good for a while: the one that is held, or a new one. @throws what `issue` throws */
  async get(runId: number): Promise<string> {
    const held = this.held.get(runId)
    if (held && held.expiresAt - this.now() >= LEAST_LEFT_MS) return held.token
    const ticket = await this.issue(runId)
    this.held.set(runId, ticket)
    return ticket.token
  }

  /** The one that is held is no longer good, or soon will not be. */
  forget(runId: number): void {
    this.held.delete(runId)
  }
}
