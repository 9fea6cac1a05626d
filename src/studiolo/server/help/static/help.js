// The test form: sends what stands in it with the key, and shows the answer as text.
"use strict";

const form = document.getElementById("test");
const answer = document.getElementById("answer");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  answer.textContent = "…";
  const key = document.getElementById("key").value.trim();
  try {
    const response = await fetch(form.dataset.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
      body: document.getElementById("body").value,
    });
    const text = await response.text();
    answer.textContent = `${response.status} ${response.statusText}\n${pretty(text)}`;
  } catch (error) {
    answer.textContent = `The server can't be reached: ${error.message}`;
  }
});

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
