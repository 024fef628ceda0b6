// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database

/// One split test: how each version does, and which one won.
enum SplitTestPage {
    static let routes: [Route] = [
        .get("split-tests/:id", .seeAllMessages) { try await .page(show($0)) },
        .post("split-tests/:id/choose") { visit, form in try await choose(visit, form) },
        .post("split-tests/:id/cancel") { visit, _ in try await cancel(visit) },
    ]

    /// A version of the message, and what its recipients did.
    private struct Version: Sendable {
        var letter: String
        var message: StoredMessage
        var send: ScheduledSend?
        var sent = 0
        var events = SendStatistics()
    }

    private static func test(_ visit: Visit, _ connection: Connection) throws -> SplitTest {
        try SplitTestStore(visit.workspace).splitTest(SplitTestID(visit.id()), in: connection)
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let (test, versions, rest) = try await visit.read { connection in
            let test = try SplitTestPage.test(visit, connection)
            let store = ScheduledSendStore(visit.workspace)
            let rest = try test.winnerSend.map { try store.scheduledSend($0, in: connection) }
            return (test, try SplitTestPage.versions(of: test, visit, connection), rest)
        }
        var page = Page(
            test.name,
            .splitTests,
            lead: "\(CampaignWords.channel(test.channel.rawValue)), split test \(test.id)"
        )
        page.crumbs = [("Split tests", SplitTestsPage.path)]
        page.actions = [SplitTestsPage.badge(test.state)]
        if !test.isEnded, visit.may(.manage) { page.actions.append(cancelButton(test)) }
        page.parts = [outcome(test, rest), figures(test, versions, visit), facts(test, visit)]
        return page
    }

    private static func versions(
        of test: SplitTest,
        _ visit: Visit,
        _ connection: Connection
    ) throws -> [Version] {
        let store = ScheduledSendStore(visit.workspace)
        let sends = try store.scheduledSends(test.sends, in: connection)
        let events = try ContactEvents(visit.workspace)
            .statistics(of: test.sends, in: connection)
        return try test.messages.enumerated().map { index, message in
            var version = Version(
                letter: SplitTest.version(index),
                message: try MessageStore(visit.workspace).message(message, in: connection)
            )
            guard test.sends.indices.contains(index),
                let send = sends.first(where: { $0.id == test.sends[index] })
            else { return version }
            version.send = send
            version.sent = try SendStore(visit.workspace).ledger(of: send.send, in: connection).sent
            version.events = events[send.id] ?? SendStatistics()
            return version
        }
    }

    /// What came of it, in a sentence.
    private static func outcome(_ test: SplitTest, _ rest: ScheduledSend?) -> Notice {
        switch test.state {
        case .scheduled: return Notice(.note, "Its time has not come.")
        case .testing:
            return Notice(
                .note,
                "The messages are compared \(test.delayHours) hours after the last of them was sent."
            )
        case .cancelled: return Notice(.warning, "It was cancelled, so nothing was compared.")
        case .decided: break
        }
        guard let winner = test.winner else {
            return Notice(
                .warning,
                test.isTied == true
                    ? "Several were equally good, so none won. Choose one below."
                    : "Nobody got a message, so none won."
            )
        }
        let letter = SplitTest.version(winner)
        let tie = test.isTied == true ? ", the first of equals" : ""
        guard let rest else {
            return Notice(
                .good,
                "\(letter) won\(tie). Nothing was sent to the rest; choose one below to send it."
            )
        }
        let place = "\(SendsPage.path)/\(rest.id)"
        return Notice(
            .good,
            "\(letter) won\(tie). It goes to the rest: <a href=\"\(place)\">the send with its receipt</a>."
        )
    }

    private static func figures(
        _ test: SplitTest,
        _ versions: [Version],
        _ visit: Visit
    ) -> Section {
        let canChoose = test.canBeChosen && visit.may(.manage)
        var columns: [Table.Column] = [
            .init("Version"), .init("Message", .grow), .init("Sent", .number),
            .init("Opened", .number), .init("Clicked", .number),
            .init(test.criterion == .open ? "Open rate" : "Click rate", .number),
        ]
        if canChoose { columns.append(.init("Options", .actions)) }
        return Section(
            "Versions",
            note:
                "The rate that counts is of the recipients who \(test.criterion == .open ? "opened" : "clicked").",
            [
                Table(
                    "Versions",
                    columns,
                    rows: versions.enumerated().map { index, version in
                        row(index, version, test, visit)
                            + (canChoose
                                ? [chooseButton(index, test).html(visit.view)] : [])
                    },
                    empty: Table.Empty("No versions", "")
                )
            ]
        )
    }

    private static func row(
        _ index: Int,
        _ version: Version,
        _ test: SplitTest,
        _ visit: Visit
    ) -> [HTML] {
        func people(_ count: Int, _ state: String) -> HTML {
            guard let send = version.send else { return "–" }
            return link(
                TimeText.count(count),
                "\(HistoryPage.path)/\(send.task)/people?state=\(state)"
            )
        }
        let counted = version.events[test.criterion == .open ? .open : .click]
        let letter: HTML =
            test.winner == index
            ? "\(version.letter) \(Badge.status("yes", "Winner"))" : HTML(escaping: version.letter)
        return [
            letter,
            link(version.message.name, "\(MessagesPages.path)/\(version.message.id)"),
            people(version.sent, "sent"), people(version.events[.open], "opened"),
            people(version.events[.click], "clicked"),
            HTML(escaping: TimeText.percent(counted, of: version.sent)),
        ]
    }

    private static func chooseButton(_ index: Int, _ test: SplitTest) -> Button {
        let letter = SplitTest.version(index)
        return Button(
            "Choose \(letter)",
            "\(SplitTestsPage.path)/\(test.id)/choose",
            asking: "\(letter) goes at once to everyone of the target who was not in the test, "
                + "whatever the figures say later. Stop the send if it was a mistake.",
            submit: "Send \(letter) to the rest",
            hidden: [("version", "\(index)")]
        )
    }

    private static func cancelButton(_ test: SplitTest) -> Button {
        Button(
            "Cancel",
            "\(SplitTestsPage.path)/\(test.id)/cancel",
            "danger",
            asking: "Its messages stop, nothing is compared, and nobody else gets one. "
                + "That can't be undone.",
            submit: "Cancel this split test"
        )
    }

    private static func facts(_ test: SplitTest, _ visit: Visit) -> Section {
        let target: HTML =
            switch test.target {
            case .list(let id): link("List \(id)", "/console/lists/\(id)")
            case .search(let id): link("Search \(id)", "/console/searches/\(id)")
            }
        let share =
            switch test.share {
            case .percentage(let percent): "\(percent) % of the target"
            case .number(let number): "\(TimeText.count(number)) recipients"
            }
        return Section(
            "About this split test",
            [
                Facts([
                    ("Goes to", target), ("Takes part", HTML(escaping: share)),
                    ("Compared by", test.criterion == .open ? "opens" : "clicks"),
                    ("After", HTML(escaping: "\(test.delayHours) hours")),
                    (
                        "Then",
                        test.action == .targetwinner
                            ? "the winner goes to the rest" : "nothing is sent"
                    ),
                    (
                        "Of equals",
                        test.tie == .first ? "the first wins" : "none wins"
                    ), ("Begins", visit.view.time(test.scheduledAt)),
                    ("Ended", visit.view.time(test.endedAt)),
                    ("Campaign", link("Open it", "\(CampaignsPage.path)/\(test.campaign)")),
                    ("Task", link("Task \(test.task)", "\(HistoryPage.path)/\(test.task)")),
                ])
            ]
        )
    }

    private static func choose(_ visit: Visit, _ form: Form) async throws -> Reply {
        guard let index = Int(form.text("version")) else {
            throw PageError.bad("no version is chosen")
        }
        let id = SplitTestID(try visit.id())
        try await visit.write { transaction, context in
            try SplitTestStore(visit.workspace)
                .choose(index, of: id, by: context, in: transaction)
            try AuditLog(visit.workspace).record(
                "splitTest.choose",
                subject: "splitTest \(id)",
                details: ["version": SplitTest.version(index)],
                by: context,
                in: transaction
            )
        }
        return .redirect(
            "\(SplitTestsPage.path)/\(id)",
            notice: "\(SplitTest.version(index)) is on its way to the rest."
        )
    }

    /// Answers once no message of it can leave any more.
    private static func cancel(_ visit: Visit) async throws -> Reply {
        let id = SplitTestID(try visit.id())
        let test = try await visit.write { transaction, context in
            var change = SplitTestChange()
            change.isCancelled = true
            try AuditLog(visit.workspace)
                .record(
                    "splitTest.cancel",
                    subject: "splitTest \(id)",
                    by: context,
                    in: transaction
                )
            return try SplitTestStore(visit.workspace)
                .change(id, change, by: context, in: transaction)
        }
        for send in test.sends + [test.winnerSend].compactMap(\.self) {
            _ = try await ScheduledSendStore(visit.workspace).settle(send, on: visit.database)
        }
        return .redirect("\(SplitTestsPage.path)/\(id)", notice: "The split test is cancelled.")
    }
}
