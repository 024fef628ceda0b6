// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common

/// Turns what routes answer into answers of the server, in the frame of who asks.
struct Sending: Sendable {
    let services: ConsoleServices
    let cookies: [String: String]
    var session: BrowserSession?
    var workspaceName = ""

    /// The zone of this browser; UTC unless chosen.
    var zone: Zone {
        cookies[Cookies.zone].flatMap(Cookies.decode).flatMap { Zone($0) } ?? .utc
    }

    /// `light`, `dark`, or `auto` for what the system says.
    var theme: String {
        let word = cookies[Cookies.theme] ?? ""
        return ["light", "dark"].contains(word) ? word : "auto"
    }

    init(services: ConsoleServices, cookies: [String: String]) {
        self.services = services
        self.cookies = cookies
    }

    func answer(_ reply: Reply, _ view: View) throws -> SiteAnswer {
        switch reply {
        case .page(let page): return self.page(page, view)
        case .bare(let page, let status):
            return Sending.html(
                page.html(view, theme: theme, version: Assets.version),
                status: status
            )
        case .redirect(let place, let notice, let cookies):
            return Sending.redirect(place, notice: notice, cookies: cookies)
        case .file(let name, let mediaType, let body):
            return SiteAnswer(
                status: 200,
                headers: [
                    ("Content-Type", mediaType),
                    ("Content-Disposition", Markup.attachment(name)),
                ],
                body: body
            )
        case .document(let mediaType, let bytes, let policy):
            return SiteAnswer(
                status: 200,
                headers: [("Content-Type", mediaType), ("Content-Security-Policy", policy)],
                body: .bytes(bytes)
            )
        case .live(let events):
            return SiteAnswer(
                status: 200,
                headers: [("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no")],
                body: events.body
            )
        }
    }

    func answer(_ failure: FailurePage, _ view: View) -> SiteAnswer {
        guard session != nil else {
            var bare = BarePage(failure.title, lead: failure.sentence, [failure.wayOut])
            bare.status = failure.status
            let markup = bare.html(view, theme: theme, version: Assets.version)
            return Sending.html(markup, status: failure.status)
        }
        return page(failure.page, view)
    }

    private func page(_ page: Page, _ view: View) -> SiteAnswer {
        let notice = cookies[Cookies.notice].flatMap(Cookies.decode)
        let frame = Frame(
            theme: theme,
            version: Assets.version,
            user: session?.user.name ?? "",
            role: session?.user.role.rawValue ?? "",
            workspace: workspaceName,
            notice: notice
        )
        var answer = Sending.html(frame.html(page, view), status: page.status)
        if notice != nil { answer.headers.append(("Set-Cookie", Cookies.clear(Cookies.notice))) }
        return answer
    }

    static func html(_ html: HTML, status: Int) -> SiteAnswer {
        SiteAnswer(
            status: status,
            headers: [("Content-Type", "text/html; charset=utf-8")],
            body: .bytes(Array(html.text.utf8))
        )
    }

    /// Leads to another page with GET (RFC 9110, 15.4.4).
    static func redirect(
        _ place: String,
        notice: String? = nil,
        cookies: [String] = []
    ) -> SiteAnswer {
        var headers = [(name: "Location", value: place)]
        if let notice {
            let cookie = Cookies.set(Cookies.notice, Cookies.encode(notice), seconds: 60)
            headers.append(("Set-Cookie", cookie))
        }
        for cookie in cookies { headers.append(("Set-Cookie", cookie)) }
        return SiteAnswer(status: 303, headers: headers)
    }
}
