/** Messages name what to do by its request; in front of the page it is done with what the page has. */

const ON_THE_PAGE: Readonly<Record<string, string>> = {
  'GET /api/ingestion/boards': 'the Companies page',
  'GET /api/ingestion/settings': 'the Companies page',
  'POST /api/ingestion/boards/accept': '“Yes, they are gone”',
  'POST /api/ingestion/boards/keep': '“No, keep them”',
  'POST /api/ingestion/look': '“Look which system is behind it”',
  'POST /api/ingestion/settings': 'the Configure page',
  'POST /api/ingestion/settings {"op": "delete"}': '“Delete” on the Configure page',
}

/** Puts the page's own words in the place of the requests that a message names. */
export const inPageWords = (message: string): string =>
  message.replaceAll(/`([A-Z]+ \/api\/[^`]*)`/g, (named, request: string) => ON_THE_PAGE[request] ?? named)
