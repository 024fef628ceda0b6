// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database

/// Scheduled sends: the list, and making one.
enum SendsPage {
    static let path = "/console/sends"

    static let routes: [Route] = [
        .get("sends") { try await .page(list($0)) },
        .get("sends/new", .manage) { visit in
            var form = Form(
                ["message", "target"].map { .init(name: $0, value: visit.query.text($0)) }
            )
            form = form.setting("zone", visit.zone.name)
            return try await .page(editor(visit, form))
        },
        .post("sends/new") { visit, form in try await save(visit, form) },
    ]

    private static func list(_ visit: Visit) async throws -> Page {
        let filters: [ListingFilter] =
            visit.may(.seeAllMessages) ? [] : [.equals("author", .integer(visit.user.id.value))]
        let cursor = visit.query.text("at")
        let list = try await visit.read { connection in
            try ListPage(
                ScheduledSendStore.listing,
                filters,
                cursor: cursor,
                in: visit.workspace,
                from: connection
            )
        }
        var page = Page(
            "Scheduled sends",
            .sends,
            lead: "One message, one list or search, one moment."
        )
        if visit.may(.manage) {
            page.actions = [LinkButton("New scheduled send", "\(path)/new", "primary")]
        }
        page.parts = [
            Section(
                nil,
                [
                    Table(
                        "Scheduled sends",
                        [
                            .init("Send", .grow), .init("Channel"), .init("State"),
                            .init("Recipients", .number), .init("When", .moment),
                        ],
                        rows: list.rows.map { row in
                            [
                                link(row.text("name"), "\(path)/\(row.id)"),
                                HTML(escaping: CampaignWords.channel(row.text("channel"))),
                                state(row, visit),
                                HTML(escaping: TimeText.count(row.integer("size") ?? 0)),
                                visit.view.time(row.moment("scheduledAt")),
                            ]
                        },
                        empty: Table.Empty(
                            "Nothing is scheduled",
                            "Choose a message, whom it goes to and when. You see whom it reaches before it leaves.",
                            visit.may(.manage) ? link("Schedule a send", "\(path)/new") : nil
                        )
                    ).paged(first: visit.firstPage(path), next: visit.nextPage(path, list.next))
                ]
            )
        ]
        return page
    }

    private static func state(_ row: ListPage.Row, _ visit: Visit) -> HTML {
        if row.isOn("cancelled") { return Badge.status("stopped", "Cancelled") }
        if row.isOn("completed") { return Badge.status("completed") }
        guard let moment = row.moment("scheduledAt"), moment > visit.now else {
            return Badge.status("executing", "Sending")
        }
        return Badge.status("new", "Scheduled")
    }

    private static func editor(
        _ visit: Visit,
        _ form: Form,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let (messages, lists, searches) = try await visit.read { connection in
            let messages = try MessageChoice(
                asked: form.number("message"),
                visit.workspace,
                connection
            )
            let tables = try ProfileTableStore(visit.workspace).all(in: connection)
            let lists = try tables.flatMap {
                try ListStore(visit.workspace).all(of: $0.id, in: connection)
            }
            let searches = try SearchStore(visit.workspace, visit.services.rooms.searches).all(
                in: connection
            )
            return (messages, lists, searches)
        }
        var page = Page("New scheduled send", .sends)
        page.crumbs = [("Scheduled sends", path)]
        let targets =
            lists.map { Field.Option("l:\($0.id)", "List \($0.name)") }
            + searches.map { Field.Option("s:\($0.id)", "Search \($0.name)") }
        let choose = Field.Option("", "Choose…")
        let fields: [Field] = [
            .text("name", "Name", form.text("name")),
            messages.field(first: choose),
            .select("target", "Goes to", form.text("target"), [choose] + targets),
            Field.text("rate", "Messages an hour, at most", form.text("rate"), "number").optional
                .hinted("Empty for as fast as they go."),
            Field.text(
                "day",
                "Day",
                form.filled("day") ?? visit.zone.local(visit.now).day.description,
                "date"
            ).sized("narrow"),
            Field.text("time", "Time", form.filled("time"), "time").sized("narrow"),
            Field.select(
                "zone",
                "Time zone",
                form.text("zone"),
                ZoneOptions.all(with: form.filled("zone") ?? "UTC")
            ).sized("narrow"),
        ]
        if messages.isEmpty || targets.isEmpty {
            page.parts.append(
                Notice(
                    .warning,
                    """
                    A scheduled send needs a <a href="/console/messages/new">message</a> and a \
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
                        "\(path)/new",
                        submit: "Schedule it",
                        cancel: path,
                        FormPart.Group(fields)
                    ).showing(errors)
                ]
            )
        )
        return errors.isEmpty ? page : page.status(422)
    }

    private static func save(_ visit: Visit, _ form: Form) async throws -> Reply {
        do {
            let new = try read(form, now: visit.now)
            let id = try await visit.change(
                "send.create",
                of: { (id: ScheduledSendID) in "scheduled send \(id)" }
            ) {
                transaction,
                context in
                let message = try MessageStore(visit.workspace)
                    .message(new.message, in: transaction)
                var own = new
                own.channel = message.channel
                return try ScheduledSendStore(visit.workspace)
                    .create(own, by: context, in: transaction).id
            }
            return .redirect("\(path)/\(id)", notice: "It is scheduled.")
        } catch let errors as FormErrors {
            return .page(try await editor(visit, form, errors))
        } catch {
            guard let refusal = Refusal(error), refusal.status == 422 else { throw error }
            return .page(try await editor(visit, form, SendWords.errors(refusal)))
        }
    }

    private static func read(_ form: Form, now: Instant) throws -> NewScheduledSend {
        var wrong: [String: String] = [:]
        if form.text("name").isEmpty { wrong["name"] = "Give the send a name." }
        if form.number("message") == nil { wrong["message"] = "Choose a message." }
        let target = form.text("target")
        let number = Int64(target.dropFirst(2))
        if number == nil { wrong["target"] = "Choose whom it goes to." }
        let (day, time, zone) = (
            Day(iso8601: form.text("day")), TimeOfDay(form.text("time")), Zone(form.text("zone"))
        )
        if day == nil { wrong["day"] = "A day." }
        if time == nil { wrong["time"] = "A time such as 09:00." }
        if zone == nil { wrong["zone"] = "Choose a time zone of the list." }
        if let rate = form.filled("rate"), Int(rate) == nil { wrong["rate"] = "A whole number." }
        guard wrong.isEmpty, let message = form.number("message"), let number, let day, let time,
            let zone
        else { throw FormErrors(fields: wrong) }
        let moment = zone.instant(of: time, on: day)
        // The API takes it as "at once", which nobody means who types a date.
        guard moment > now - .minutes(1) else {
            throw FormErrors(fields: ["day": "This moment has passed."])
        }
        return NewScheduledSend(
            form.text("name"),
            channel: .email,
            message: StoredMessageID(message),
            list: target.hasPrefix("l:") ? ListID(number) : nil,
            search: target.hasPrefix("s:") ? SearchID(number) : nil,
            scheduledAt: moment,
            rate: form.filled("rate").flatMap { Int($0) }
        )
    }
}

/// What is wrong with a send, beside the fields of its form.
enum SendWords {
    static func errors(_ refusal: Refusal) -> FormErrors {
        let names = [
            "scheduled_at": "day", "scheduledAt": "day", "list_id": "target", "search_id": "target",
            "message_id": "message", "name": "name", "rate": "rate", "emailMessage": "message",
        ]
        var fields: [String: String] = [:]
        for (name, words) in refusal.fields {
            guard let field = names[name] else { continue }
            fields[field] = words.capitalisedFirst + "."
        }
        return FormErrors(
            fields.isEmpty ? refusal.sentence.capitalisedFirst + "." : nil,
            fields: fields
        )
    }
}
