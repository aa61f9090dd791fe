import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './app/queryClient'
import { createAppRouter } from './app/router'
import { applyTheme, readTheme } from './lib/theme'
import '@fontsource-variable/inter'
import './styles/tokens.css'
import './styles/base.css'

applyTheme(readTheme())

const container = document.getElementById('root')
if (!container) throw new Error('index.html has no #root.')
const queries = createQueryClient()
const router = createAppRouter(queries)
// What the page begins with is asked for before anything is drawn.
void router.load()
createRoot(container).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
