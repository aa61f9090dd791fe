import * as v from 'valibot'
import { request } from './http'

const text = v.nullish(v.string(), null)

const PostingWire = v.object({
  id: v.number(),
  company_name: v.string(),
  title: v.string(),
  location: text,
  workplace: text,
  employment_type: text,
  department: text,
  posted_on: text,
  url: text,
  gone_at: text,
  gone_reason: text,
  description_html: text,
  description_text: text,
})
export type Posting = v.InferOutput<typeof PostingWire>

export const getPosting = (id: number, signal?: AbortSignal): Promise<Posting> =>
  request(`/api/jobs/${id}`, PostingWire, { signal })
