import { applyTheme, readTheme } from './lib/theme'
import '@fontsource-variable/inter'
import './styles/tokens.css'
import './styles/base.css'
import './styles/first.css'

applyTheme(readTheme())

const container = document.getElementById('root')
if (!container) throw new Error('index.html has no #root.')

async function start(root: HTMLElement): Promise<void> {
  const app = await import('./app/start')
  await app.start(root)
}

// What the server has written of a run is painted before the app takes the processor. Hidden tabs paint nothing.
if (container.firstElementChild && !document.hidden)
  requestAnimationFrame(() => setTimeout(() => void start(container)))
else void start(container)
