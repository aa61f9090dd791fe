import type { UseQueryResult } from '@tanstack/react-query'

/** Whether an answer is being waited for that nothing is known of yet. One that failed may come late: it is not waited for. */
export const isOnItsWay = ({ isLoading, failureCount }: UseQueryResult): boolean =>
  isLoading && failureCount === 0
