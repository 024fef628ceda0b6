// SPDX-License-Identifier: Apache-2.0

/// The pages that recipients see: plain HTML without scripts, images or anything from elsewhere.
enum PublicPage {
    /// What goes with every answer.
    static let headers: [(name: String, value: String)] = [
        ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"), ("X-Robots-Tag", "noindex"),
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                + "frame-ancestors 'none'; base-uri 'none'"
        ),
    ]

    /// There is nothing here.
    static let missing = page(404, "Not found", "<p>There is no such page.</p>")

    /// Something went wrong here.
    static let failed = page(
        500,
        "Something went wrong",
        "<p>Something went wrong here. Please try again later.</p>"
    )

    /// Too many requests.
    static func busy(_ seconds: Int) -> Answer {
        var answer = page(429, "Please wait", "<p>Please try again in a moment.</p>")
        answer.headers.append((name: "Retry-After", value: String(seconds)))
        return answer
    }

    /// A page of a title and of HTML.
    static func page(_ status: Int, _ title: String, _ html: String) -> Answer {
        let text = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escaped(title))</title>
            <style>body{font-family:sans-serif;max-width:32em;margin:4em auto;padding:0 1em}</style>
            </head><body><h1>\(Markup.escaped(title))</h1>
            \(html)
            </body></html>

            """
        return Answer(
            status: status,
            mediaType: "text/html; charset=utf-8",
            body: .bytes(Array(text.utf8))
        )
    }
}
