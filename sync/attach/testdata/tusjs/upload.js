// Uploads a file with tus-js-client as anybody would: stops it on the way once
// PAUSE bytes are there, and goes on from what the library remembers.
const fs = require('fs')
const tus = require('tus-js-client')
const { ENDPOINT, TOKEN, FILE, NAME, CHUNK, PAUSE } = process.env

function upload (more) {
  return new Promise((resolve, reject) => {
    const u = new tus.Upload(fs.createReadStream(FILE), {
      endpoint: ENDPOINT,
      headers: { Authorization: 'Bearer ' + TOKEN },
      metadata: { filename: NAME },
      uploadSize: fs.statSync(FILE).size,
      chunkSize: Number(CHUNK),
      retryDelays: null,
      uploadDataDuringCreation: true,
      onError: reject,
      onSuccess: () => resolve({ url: u.url, paused: false }),
      onChunkComplete: (_, accepted) => {
        if (more.pause && accepted >= more.pause) {
          u.abort().then(() => resolve({ url: u.url, paused: true, accepted }), reject)
        }
      },
      ...more.options
    })
    u.start()
  })
}

async function main () {
  let first = null
  if (Number(PAUSE) > 0) {
    first = await upload({ pause: Number(PAUSE) })
    if (!first.paused) throw new Error('it could not be paused')
  }
  let begun = 0
  const done = await upload({
    options: first && {
      uploadUrl: first.url,
      onAfterResponse: (req, res) => { if (req.getMethod() === 'HEAD') begun = Number(res.getHeader('Upload-Offset')) }
    }
  })
  console.log(JSON.stringify({ url: done.url, resumedFrom: begun }))
}

main().catch(err => {
  const res = err.originalResponse
  console.log(JSON.stringify({ status: res ? res.getStatus() : 0, error: String(err.message).slice(0, 200) }))
  process.exit(res ? 3 : 1)
})
