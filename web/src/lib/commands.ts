/** For a terminal in the folder where `make run` has set Jobwire up. */

const JOBWIRE = '.venv/bin/jobwire'

export const SIGN_IN_COMMAND = `${JOBWIRE} token --link`
export const DEMO_COMMAND = `JOBWIRE_DATA_DIR=demo-data ${JOBWIRE} serve --demo --port 0`
