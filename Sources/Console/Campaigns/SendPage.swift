// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Tasks

/// One scheduled send: whom it reaches, when, and its receipt.
enum SendPage {
    static let routes: [Route] = [
        .get("sends/:id") { try await .page(show($0)) },
        .post("sends/:id/cancel") { visit, _ in try await cancel(visit) },
        .post("sends/:id/resume") { visit, _ in
            try await TaskActions.resume(visit, "\(SendsPage.path)/\(visit.id())") { connection in
                try SendPage.send(visit, connection).send
            }
        },
        .post("sends/:id/rate") { visit, form in try await setRate(visit, form) },
        .get("sends/:id/forecast") { try await .live(forecast($0)) },
        .get("sends/:id/people") { try await .page(people($0)) },
    ]

    static func send(_ visit: Visit, _ connection: Connection) throws -> ScheduledSend {
        let found = try ScheduledSendStore(visit.workspace)
            .scheduledSend(ScheduledSendID(visit.id()), in: connection)
        guard visit.may(.seeAllMessages) || found.author == visit.user.id else {
            throw PageError.notFound("scheduled send")
        }
        return found
    }

    private static func show(_ visit: Visit, _ errors: FormErrors = .none) async throws -> Page {
        let (send, ledger, receipt, message) = try await visit.read { connection in
            let send = try SendPage.send(visit, connection)
            return (
                send, try SendStore(visit.workspace).ledger(of: send.send, in: connection),
                try ScheduledSendStore(visit.workspace).receipt(of: send.id, in: connection),
                try MessageStore(visit.workspace).message(send.message, in: connection)
            )
        }
        var page = Page(
            send.name,
            .sends,
            lead: "\(CampaignWords.channel(send.channel.rawValue)), scheduled send \(send.id)"
        )
        page.crumbs = [("Scheduled sends", SendsPage.path)]
        page.actions = [badge(send, visit)]
        if !send.isEnded, visit.may(.manage) { page.actions.append(cancelButton(send)) }
        if let failure = send.failure {
            page.parts.append(Notice(.bad, "\(failure.capitalisedFirst)."))
        }
        var receiptPart = receiptSection(send, receipt)
        let resume = TaskActions.resumeButton(ledger, "\(SendsPage.path)/\(send.id)/resume")
        if send.isEnded, visit.may(.manage), let resume { receiptPart = receiptPart.beside(resume) }
        page.parts.append(receiptPart)
        if !send.isEnded { page.parts.append(forecastPart(send)) }
        page.parts.append(facts(send, message, visit))
        if !send.isEnded, visit.may(.manage) {
            page.parts.append(rateForm(send).showing(errors).card("Rate"))
        }
        return errors.isEmpty ? page : page.status(422)
    }

    private static func badge(_ send: ScheduledSend, _ visit: Visit) -> HTML {
        if send.isCancelled { return Badge.status("stopped", "Cancelled") }
        if send.isCompleted { return Badge.status("completed") }
        return send.isRunning
            ? Badge.status("executing", "Sending") : Badge.status("new", "Scheduled")
    }

    private static func cancelButton(_ send: ScheduledSend) -> Button {
        Button(
            send.isRunning ? "Stop" : "Cancel",
            "\(SendsPage.path)/\(send.id)/cancel",
            "danger",
            asking: send.isRunning
                ? "No message leaves any more once this answers; what is in flight may still arrive. "
                    + "The receipt says who got it, who may have, and who did not. That can't be undone."
                : "Nobody will get this message. That can't be undone; schedule it anew if need be.",
            submit: send.isRunning ? "Stop this send" : "Cancel this send"
        )
    }

    private static func receiptSection(_ send: ScheduledSend, _ receipt: SendReceipt) -> Section {
        let place = "\(SendsPage.path)/\(send.id)/people"
        func href(_ list: SendReceipt.List, _ count: Int) -> String? {
            count > 0 && send.beganAt != nil ? "\(place)?list=\(list.rawValue)" : nil
        }
        return Section(
            send.isCancelled ? "The receipt" : "Who got it",
            note: note(send, receipt),
            [
                Breakdown(
                    title: "Recipients",
                    total: receipt.targeted,
                    lines: [
                        .init("Targeted", receipt.targeted, nil, isSum: true),
                        .init("Sent", receipt.sent, "good", href: href(.sent, receipt.sent)),
                        .init(
                            "In flight or in doubt",
                            receipt.inFlight,
                            "c3",
                            href: href(.inFlight, receipt.inFlight)
                        ),
                        .init(
                            "Never sent",
                            receipt.neverSent,
                            "rest",
                            href: href(.neverSent, receipt.neverSent)
                        ),
                        .init("Of those, excluded by a rule", receipt.excluded, nil, isSum: true),
                    ]
                )
            ]
        )
    }

    private static func note(_ send: ScheduledSend, _ receipt: SendReceipt) -> String? {
        let hasRest = send.isCancelled && receipt.neverSent > receipt.excluded
        return switch (receipt.isFinal, hasRest) {
        case (true, true): "Nothing more leaves, unless the rest is resumed."
        case (true, false): "Nothing of this will change any more."
        case (false, true):
            "Its task is ending. Load this page again to resume what was never sent."
        case (false, false): nil
        }
    }

    private static func facts(
        _ send: ScheduledSend,
        _ message: StoredMessage,
        _ visit: Visit
    ) -> Section {
        let target: HTML =
            switch send.target {
            case .list(let id): link("List \(id)", "/console/lists/\(id)")
            case .search(let id): link("Search \(id)", "/console/searches/\(id)")
            }
        return Section(
            "About this send",
            [
                Facts([
                    ("Message", link(message.name, "\(MessagesPages.path)/\(message.id)")),
                    ("Goes to", target), ("When", visit.view.time(send.scheduledAt)),
                    (
                        "Rate",
                        HTML(
                            escaping: send.rate.map { "\(TimeText.count($0)) an hour" }
                                ?? "as fast as they go"
                        )
                    ),
                    ("Began", visit.view.time(send.beganAt)),
                    ("Ended", visit.view.time(send.endedAt)),
                    ("Task", link("Task \(send.task)", "\(HistoryPage.path)/\(send.task)")),
                ])
            ]
        )
    }

    private static func rateForm(_ send: ScheduledSend) -> FormPart {
        FormPart(
            "\(SendsPage.path)/\(send.id)/rate",
            submit: "Set the rate",
            FormPart.Group([
                Field.text(
                    "rate",
                    "Messages an hour, at most",
                    send.rate.map(String.init),
                    "number"
                ).optional
                    .hinted("Empty for as fast as they go. It holds from the next message on.")
            ])
        )
    }

    private static func setRate(_ visit: Visit, _ form: Form) async throws -> Reply {
        let rate = form.filled("rate")
        do {
            if let rate, Int(rate) == nil {
                throw FormErrors(fields: ["rate": "A whole number, or nothing."])
            }
            let subject = "scheduled send \(try visit.id())"
            try await visit.change("send.rate", of: subject) { transaction, context in
                let send = try SendPage.send(visit, transaction)
                try ScheduledSendStore(visit.workspace)
                    .setRate(send.id, to: rate.flatMap { Int($0) }, by: context, in: transaction)
            }
            return .redirect("\(SendsPage.path)/\(try visit.id())", notice: "The rate is set.")
        } catch let errors as FormErrors {
            return .page(try await show(visit, errors))
        } catch {
            guard let refusal = Refusal(error), refusal.status == 422 else { throw error }
            return .page(try await show(visit, SendWords.errors(refusal)))
        }
    }

    /// Answers once no message can leave any more.
    private static func cancel(_ visit: Visit) async throws -> Reply {
        let store = ScheduledSendStore(visit.workspace)
        let subject = "scheduled send \(try visit.id())"
        let send = try await visit.change("send.cancel", of: subject) { transaction, context in
            let send = try SendPage.send(visit, transaction)
            let change = ScheduledSendChange(isCancelled: true)
            try store.change(send.id, change, by: context, in: transaction)
            return send
        }
        let receipt = try await store.settle(send.id, on: visit.database)
        return .redirect(
            "\(SendsPage.path)/\(send.id)",
            notice:
                "Cancelled. Sent: \(receipt.sent), in flight: \(receipt.inFlight), never sent: \(receipt.neverSent)."
        )
    }

    private static func people(_ visit: Visit) async throws -> Page {
        let list = SendReceipt.List(rawValue: visit.query.text("list")) ?? .sent
        let cursor = visit.query.text("at")
        let (send, found) = try await visit.read { connection in
            let send = try SendPage.send(visit, connection)
            let page = try PeoplePage(
                [send.send],
                states: states(list),
                cursor,
                visit.workspace,
                connection
            )
            return (send, page)
        }
        let titles: [SendReceipt.List: String] = [
            .sent: "Sent", .inFlight: "In flight or in doubt", .neverSent: "Never sent",
        ]
        var page = Page(titles[list] ?? "People", .sends)
        page.crumbs = [
            ("Scheduled sends", SendsPage.path), (send.name, "\(SendsPage.path)/\(send.id)"),
        ]
        let place = "\(SendsPage.path)/\(send.id)/people"
        page.parts = [
            Section(
                nil,
                [
                    found.table(visit).paged(
                        first: visit.firstPage(place),
                        next: visit.nextPage(place, found.page.next)
                    )
                ]
            )
        ]
        return page
    }

    private static func states(_ list: SendReceipt.List) -> [InteractionState] {
        switch list {
        case .sent: [.sent]
        case .inFlight: [.inFlight, .inDoubt]
        case .neverSent: [.pending, .retry, .stopped, .notSent]
        }
    }
}

extension FormPart {
    /// The form in a card of its own.
    func card(_ title: String) -> Section { Section(title, [self]) }
}
