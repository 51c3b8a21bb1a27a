// Job specs that the tests share. All are for the data set "tiny".

/* Milliseconds of work: 3000 samples, 4 rows and the untrained one. */
export const short = {
  dataset: "tiny", network: { hidden: [12] }, evaluate: { every: 750 },
  stop: { accuracy: null, epochs: 5 },
};

/* Work for some seconds, with a row every few milliseconds. */
export const long = {
  dataset: "tiny", network: { hidden: [100] }, evaluate: { every: 2000 },
  stop: { accuracy: null, epochs: null, samples: 2000000 },
};

/* Work that a test has to end itself. */
export const endless = {
  dataset: "tiny", network: { hidden: [100] }, evaluate: { every: 2000 },
  stop: { accuracy: null, epochs: null, samples: 1000000000 },
};

export function spec(base, more = {}) {
  return { ...base, ...more };
}
