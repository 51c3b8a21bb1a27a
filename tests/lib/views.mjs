// Every view of the page, for tests that look at all of them. They want jobs 1 to 3 to have ended,
// and something to be at work.

/* name: [hash, what is there once it is whole]; `act`: what is opened in it then. */
export const VIEWS = {
  "home": ["#/", ".at-work circle"],
  "new": ["#/new?job=3", ".plan-figures b"],
  "new-wrong": ["#/new?spec=%7B%22dataset%22%3A%22no%22%2C%22stop%22%3A%7B%22accuracy%22%3A7%7D%7D",
    "[aria-invalid]"],
  "job-long-words": ["#/jobs/1", "main h1"],
  "job": ["#/jobs/3", ".chart canvas"],
  "job-seeds": ["#/jobs/3?seeds=1&x=samples&y=m1", ".chart[aria-label*='single runs']"],
  "job-numbers": ["#/jobs/3?at=0.8", ".legend li",
    (page) => page.getByText("The numbers").first().click()],
  "job-question": ["#/jobs/3", ".job-body", (page) =>
    page.getByRole("button", { name: "Add seeds…" }).click()],
  "runs": ["#/runs", "td.c-name a"],
  "runs-wrong": ["#/runs?filter=m0+%3E+and", ".place"],
  "runs-columns": ["#/runs", "td.c-name a", (page) =>
    page.getByText("Columns", { exact: true }).click()],
  "cells": ["#/runs?by=cell", "td.number:has-text('±')"],
  "run": ["#/runs/3", ".chart canvas"],
  "compare": ["#/compare?cells=3:0,3:1", ".chart canvas"],
  "compare-nothing": ["#/compare", "main h1"],
  "admin": ["#/admin", ".admin:not([hidden])"],
  "words": ["#/words?to=m1", ".words section.here"],
  "nothing": ["#/nonsense", "main h1"],
  "explain": ["#/words", "main h1", (page) => page.evaluate(() => {
    const button = document.createElement("button");
    button.dataset.explain = "inefficiency";
    document.querySelector("main").append(button);
    button.click();
    button.remove();
  })],
};
