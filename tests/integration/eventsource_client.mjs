// npm's `eventsource` as a base client of one run: `node eventsource_client.mjs URL MODULES` writes a line for each
// connection and each event, and ends with the run.

import { createRequire } from 'node:module'

const [url, modules] = process.argv.slice(2)
const { EventSource } = createRequire(modules)('eventsource')
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

const source = new EventSource(url)
source.addEventListener('open', () => say({ open: true }))
for (const name of ['status', 'all_jobs', 'update'])
  source.addEventListener(name, (event) => {
    if (name === 'status' && ['finished', 'error', 'aborted'].includes(event.data)) source.close()
    say({ name, data: event.data, id: event.lastEventId })
  })
source.addEventListener('error', () => {
  if (source.readyState === source.CLOSED) process.exitCode = 1
})
