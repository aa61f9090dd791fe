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
createRoot(container).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={createAppRouter()} />
    </QueryClientProvider>
  </StrictMode>,
)
