// SPDX-License-Identifier: Apache-2.0

/// The console's one script.
///
/// Every page works without it; with it, what happens shows by itself.
enum Script {
    static let text = #"""
        "use strict";
        document.documentElement.classList.add("js");
        document.addEventListener("DOMContentLoaded", () => {
          const burger = document.querySelector(".burger");
          const menu = document.getElementById("menu");
          if (burger && menu) {
            burger.hidden = false;
            burger.addEventListener("click", () => {
              const open = menu.classList.toggle("open");
              burger.setAttribute("aria-expanded", String(open));
              burger.textContent = open ? "Close" : "Menu";
            });
          }

          // The present state of a part of the page, as the server sends it.
          for (const part of document.querySelectorAll("[data-live]")) {
            const events = new EventSource(part.dataset.live);
            events.addEventListener("state", (event) => {
              if (part.contains(document.activeElement) || part.querySelector("details[open]")) return;
              part.innerHTML = event.data;
            });
            events.addEventListener("end", () => {
              events.close();
              if (part.hasAttribute("data-stays")) return;
              location.reload();
            });
            window.addEventListener("pagehide", () => events.close());
          }

          // Only one question is open at a time; Escape closes it.
          const questions = () => document.querySelectorAll("details.confirm[open]");
          document.addEventListener("click", (event) => {
            for (const question of questions()) {
              if (!question.contains(event.target)) question.open = false;
            }
          });
          document.addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            for (const question of questions()) {
              question.open = false;
              question.querySelector("summary").focus();
            }
          });

          // A form is sent once.
          for (const form of document.querySelectorAll("form[method=post]")) {
            form.addEventListener("submit", (event) => {
              if (form.dataset.sent) { event.preventDefault(); return; }
              form.dataset.sent = "yes";
            });
          }
          window.addEventListener("pageshow", () => {
            for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
          });

          // What is wrong is what is looked at first.
          const wrong = document.querySelector("[aria-invalid=true], .notice.bad[role=alert]");
          if (wrong) { if (!wrong.matches("input, select, textarea")) wrong.tabIndex = -1; wrong.focus(); }
        });
        """#
}
