import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './queryClient'
import { createAppRouter } from './router'

/** So long what the server has written stays, or nothing: then the page says that it waits. */
const PATIENCE_MS = 1000

/** Draw the app, once what its page begins with is there: in one piece. */
export async function start(container: HTMLElement): Promise<void> {
  const queries = createQueryClient()
  const router = createAppRouter(queries)
  await Promise.race([router.load(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))])
  createRoot(container).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
