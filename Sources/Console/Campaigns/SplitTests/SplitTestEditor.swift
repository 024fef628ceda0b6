// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database

/// Making a split test.
enum SplitTestEditor {
    static let routes: [Route] = [
        .get("split-tests/new", .manage) { visit in
            let form = standard.setting("zone", visit.zone.name)
            return try await .page(page(visit, form))
        },
        .post("split-tests/new") { visit, form in try await save(visit, form) },
    ]

    private static let standard = Form([
        .init(name: "share", value: "20"), .init(name: "shareType", value: "percentage"),
        .init(name: "criterion", value: "open"), .init(name: "delay", value: "4"),
        .init(name: "action", value: "targetwinner"), .init(name: "tie", value: "first"),
    ])

    /// What can be chosen.
    private struct Choices: Sendable {
        var messages: [Field.Option]
        var targets: [Field.Option]

        init(_ visit: Visit, _ connection: Connection) throws {
            let list = try ListPage(MessageStore.listing, in: visit.workspace, from: connection)
            messages = list.rows.map { row in
                let channel = CampaignWords.channel(row.text("channel"))
                return .init("\(row.id)", "\(row.text("name")) (\(channel))")
            }
            let tables = try ProfileTableStore(visit.workspace).all(in: connection)
            let lists = try tables.flatMap {
                try ListStore(visit.workspace).all(of: $0.id, in: connection)
            }
            let searches = try SearchesPages.store(visit).all(in: connection)
            targets =
                lists.map { .init("l:\($0.id)", "List \($0.name)") }
                + searches.map { .init("s:\($0.id)", "Search \($0.name)") }
        }
    }

    private static func page(
        _ visit: Visit,
        _ form: Form,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let choices = try await visit.read { try Choices(visit, $0) }
        var page = Page("New split test", .splitTests)
        page.crumbs = [("Split tests", SplitTestsPage.path)]
        if choices.messages.count < 2 || choices.targets.isEmpty {
            page.parts.append(
                Notice(
                    .warning,
                    """
                    A split test needs two <a href="/console/messages/new">messages</a> and a \
                    <a href="/console/lists">list</a> or a <a href="/console/searches">search</a>.
                    """
                )
            )
        }
        page.parts.append(
            Section(
                nil,
                [
                    FormPart(
                        "\(SplitTestsPage.path)/new",
                        submit: "Begin the split test",
                        cancel: SplitTestsPage.path,
                        [
                            messages(form, choices), share(form), decision(form),
                            start(form, visit),
                        ]
                    ).showing(errors)
                ]
            )
        )
        return errors.isEmpty ? page : page.status(422)
    }

    private static func messages(_ form: Form, _ choices: Choices) -> FormPart.Group {
        let versions = (0..<5).map { index in
            let letter = SplitTest.version(index)
            let none: [Field.Option] = [.init("", index < 2 ? "Choose a message" : "None")]
            return Field.select(
                "message-\(index)",
                "Version \(letter)",
                form.text("message-\(index)"),
                none + choices.messages
            ).sized("narrow")
        }
        return FormPart.Group(
            "What is compared",
            [
                .text("name", "Name", form.text("name")),
                .select("target", "Goes to", form.text("target"), choices.targets),
            ] + versions
        )
    }

    private static func share(_ form: Form) -> FormPart.Group {
        FormPart.Group(
            "Who takes part",
            [
                Field.text("share", "How many", form.text("share"), "number").sized("narrow"),
                Field.select(
                    "shareType",
                    "Counted as",
                    form.text("shareType"),
                    [
                        .init("percentage", "percent of the target"),
                        .init("number", "recipients in all"),
                    ]
                ).sized("narrow"),
            ]
        )
    }

    private static func decision(_ form: Form) -> FormPart.Group {
        FormPart.Group(
            "Who wins",
            [
                Field.select(
                    "criterion",
                    "Compared by",
                    form.text("criterion"),
                    [.init("open", "Opens, of e-mails only"), .init("click", "Clicks")]
                ).sized("narrow"),
                Field.text("delay", "Hours after the last message", form.text("delay"), "number")
                    .sized("narrow"),
                Field.select(
                    "tie",
                    "Of several that are equally good",
                    form.text("tie"),
                    [.init("first", "The first wins"), .init("tellme", "None wins")]
                ).sized("narrow"),
                .radio(
                    "action",
                    "Then",
                    form.text("action"),
                    [
                        .init("targetwinner", "The winner goes to the rest by itself"),
                        .init("tellme", "I choose, once I have seen the figures"),
                    ]
                ),
            ]
        )
    }

    private static func start(_ form: Form, _ visit: Visit) -> FormPart.Group {
        FormPart.Group(
            "When it begins",
            note: "At once when day and time are empty.",
            [
                Field.text("day", "Day", form.text("day"), "date").optional.sized("narrow"),
                Field.text("time", "Time", form.text("time"), "time").optional.sized("narrow"),
                Field.select(
                    "zone",
                    "Time zone",
                    form.text("zone"),
                    ZoneOptions.all(with: form.filled("zone") ?? "UTC")
                ).sized("narrow"),
            ]
        )
    }

    private static func save(_ visit: Visit, _ form: Form) async throws -> Reply {
        do {
            let new = try read(form, now: visit.now)
            let id = try await visit.write { transaction, context in
                var own = new
                own.channel = try MessageStore(visit.workspace)
                    .message(new.messages[0], in: transaction).channel
                let made = try SplitTestStore(visit.workspace)
                    .create(own, by: context, in: transaction)
                try AuditLog(visit.workspace).record(
                    "splitTest.create",
                    subject: "splitTest \(made.id)",
                    details: ["name": made.name],
                    by: context,
                    in: transaction
                )
                return made.id
            }
            return .redirect("\(SplitTestsPage.path)/\(id)", notice: "The split test is made.")
        } catch let errors as FormErrors {
            return .page(try await page(visit, form, errors))
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let names = [
                "message_ids": "message-0", "list_id": "target", "search_id": "target",
                "scheduledtime": "day",
            ]
            return .page(try await page(visit, form, ProviderActions.errors(refusal, names)))
        }
    }

    /// The split test that a form says.
    ///
    /// - Throws: ``FormErrors`` by field.
    private static func read(_ form: Form, now: Instant) throws -> NewSplitTest {
        var wrong: [String: String] = [:]
        if form.text("name").isEmpty { wrong["name"] = "Give the split test a name." }
        let messages = (0..<5).compactMap { form.number("message-\($0)") }
        for index in 0..<2 where form.number("message-\(index)") == nil {
            wrong["message-\(index)"] = "Choose a message."
        }
        let target = form.text("target")
        let number = Int64(target.dropFirst(2))
        if number == nil { wrong["target"] = "Choose whom it goes to." }
        let (share, delay) = (Int(form.text("share")), Int(form.text("delay")))
        if share == nil { wrong["share"] = "A whole number." }
        if delay == nil { wrong["delay"] = "A whole number of hours." }
        let start = try? moment(form, now: now)
        if start == nil { wrong["day"] = "Day and time of a moment to come, or neither." }
        guard wrong.isEmpty, let number, let share, let delay, let start else {
            throw FormErrors(fields: wrong)
        }
        var new = NewSplitTest(
            form.text("name"),
            messages: messages.map { StoredMessageID($0) },
            list: target.hasPrefix("l:") ? ListID(number) : nil,
            search: target.hasPrefix("s:") ? SearchID(number) : nil,
            share: form.text("shareType") == "number" ? .number(share) : .percentage(share),
            delayHours: delay,
            scheduledAt: start
        )
        new.criterion = SplitCriterion(rawValue: form.text("criterion")) ?? .open
        new.action = SplitAction(rawValue: form.text("action")) ?? .targetwinner
        new.tie = SplitTie(rawValue: form.text("tie")) ?? .first
        return new
    }

    /// Now when neither day nor time is given.
    private static func moment(_ form: Form, now: Instant) throws -> Instant {
        guard form.filled("day") != nil || form.filled("time") != nil else { return now }
        guard let day = Day(iso8601: form.text("day")), let time = TimeOfDay(form.text("time")),
            let zone = Zone(form.text("zone"))
        else { throw FormErrors("no moment") }
        let moment = zone.instant(of: time, on: day)
        guard moment > now - .minutes(1) else { throw FormErrors("it has passed") }
        return moment
    }
}
