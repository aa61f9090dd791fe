import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import { createQueryClient } from '../app/queryClient'
import { createAppRouter } from '../app/router'
import type { RunStream, StreamSink, Subscription } from '../lib/stream/client'
import { RunStreamContext } from '../lib/stream/hooks'

/** A stream in the test's hand. */
export class HandStream implements RunStream {
  sink: StreamSink | null = null
  hurried = 0

  subscribe(_runId: number, sink: StreamSink): Subscription {
    this.sink = sink
    return {
      stop: () => {
        this.sink = null
      },
      hurry: () => {
        this.hurried += 1
      },
    }
  }
}

/** The whole app at an address, with the network as `server` answers it. */
export function renderApp(path: string, stream: RunStream = new HandStream()) {
  const queries = createQueryClient()
  const router = createAppRouter(queries, createMemoryHistory({ initialEntries: [path] }))
  render(
    <QueryClientProvider client={queries}>
      <RunStreamContext value={stream}>
        <RouterProvider router={router} />
      </RunStreamContext>
    </QueryClientProvider>,
  )
  return router
}
