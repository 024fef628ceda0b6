// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Tasks

extension Resource {
    /// `/v1/searchExecute`: counts what a saved search finds, or fills a list with it, as a task.
    static let searchExecute = Resource(
        name: "searchExecute",
        summary: "An execution of a saved search; its number is that of its task.",
        attributes: [
            .id,
            .init("search_id", .integer, "The search.", example: 3).filterable.requiredToPost,
            .init(
                "list_id",
                .integer,
                "The list that what is found is subscribed to; null to count only.",
                example: 2
            ).orNull.filterable.postable,
            .init(
                "status",
                .choice(TaskStatus.allCases.map(\.rawValue)),
                "How it stands.",
                example: "completed"
            ).filterable,
            .init(
                "found",
                .integer,
                "How many profiles were found; null until the end.",
                example: 9
            )
            .orNull,
            .init(
                "subscribed",
                .integer,
                "How many of them were not subscribed before; null without a list.",
                example: 7
            ).orNull,
            .init("cdate", .moment, "When it was asked for.", example: 1_780_000_000).sortable,
            .init("finished", .moment, "When it ended.", example: 1_780_000_003).orNull,
        ],
        listing: SearchExecutions.listing,
        create: { draft, change in
            try SearchExecutions(change.workspace).start(
                SearchID(draft.integer("search_id") ?? 0),
                filling: draft.integer("list_id").map { ListID($0) },
                change.services.searches,
                by: change.context,
                in: change.transaction
            ).value
        },
        createdStatus: 202
    )
}
