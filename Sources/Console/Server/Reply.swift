// SPDX-License-Identifier: Apache-2.0
import API
import Foundation

/// What a page's route answers.
enum Reply: Sendable {
    /// A page.
    case page(Page)
    /// A page without the menu.
    case bare(BarePage, status: Int = 200)
    /// Another page, with a sentence that it shows once.
    case redirect(String, notice: String? = nil, cookies: [String] = [])
    /// A file.
    case file(name: String, mediaType: String, SiteAnswer.Body)
    /// Something that is shown as it is, under a policy of its own.
    case document(mediaType: String, [UInt8], policy: String)
    /// The present state of a part of a page, again and again.
    case live(LiveEvents)
}

/// Why a page is not shown.
enum PageError: Error, Sendable {
    /// There is no such thing.
    case notFound(String)
    /// The role does not allow it.
    case forbidden
    /// The form is not ours or too old.
    case stale
    /// The request makes no sense.
    case bad(String)
}

/// Events that bring the present state of a part of a page (HTML, 9.2, server-sent events).
///
/// An event is sent when the state has changed; a comment keeps the connection open. It ends after
/// ten minutes, and the browser comes again.
struct LiveEvents: Sendable {
    /// The present markup, and whether it changes no more.
    let read: @Sendable () async throws -> (html: HTML, isEnded: Bool)

    init(_ read: @escaping @Sendable () async throws -> (html: HTML, isEnded: Bool)) {
        self.read = read
    }

    var body: SiteAnswer.Body {
        let state = LiveState(self)
        return .live { try await state.next() }
    }
}

/// When a live part is looked at next: each second while it changes, less often while it does not.
///
/// Pure.
struct LivePace: Sendable, Hashable {
    private static let quick = Duration.seconds(1)
    private static let slow = Duration.seconds(3)
    /// So many looks without a change are a part that stands still.
    private static let patience = 5
    private static let longest = Duration.seconds(600)

    private var unchanged = 0
    private var passed = Duration.zero

    /// How long to wait before the next look.
    var pause: Duration { unchanged < LivePace.patience ? LivePace.quick : LivePace.slow }

    /// Whether the stream ends, for the browser to come again.
    var isOver: Bool { passed >= LivePace.longest }

    /// Notes a look.
    mutating func look(isChanged: Bool) {
        unchanged = isChanged ? 0 : unchanged + 1
        passed += pause
    }
}

/// How far a stream of events is.
private actor LiveState {
    private let events: LiveEvents
    private var last: String?
    private var pace = LivePace()
    private var isEnded = false

    init(_ events: LiveEvents) {
        self.events = events
    }

    func next() async throws -> [UInt8]? {
        guard !isEnded, !pace.isOver else { return nil }
        if last != nil { try await Task.sleep(for: pace.pause) }
        let present = try await events.read()
        isEnded = present.isEnded
        pace.look(isChanged: present.html.text != last)
        var text = ""
        if present.html.text != last {
            last = present.html.text
            let lines = present.html.text.split(separator: "\n", omittingEmptySubsequences: false)
            text = "event: state\n" + lines.map { "data: \($0)\n" }.joined() + "\n"
        }
        if isEnded { text += "event: end\ndata: end\n\n" }
        if text.isEmpty { text = ": still here\n\n" }
        return Array(text.utf8)
    }
}
