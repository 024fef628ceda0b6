// SPDX-License-Identifier: Apache-2.0
import Audience

/// E-mails that were withheld or failed, one line each, with category and status.
struct EmailNotSentRows: RowSource {
    private let interactions = InteractionRows(channel: "email", state: "notSent")

    var keyOfDeletedProfile: String? { interactions.keyOfDeletedProfile }

    func relation(for tables: ExportTables) -> SourceRelation { interactions.relation(for: tables) }

    func cell(_ column: String) -> CellSource? { interactions.cell(column) }

    func judge(_ facts: JudgingFacts) -> RowJudge { interactions.judge(facts) }
}

extension RowSource where Self == EmailNotSentRows {
    /// E-mails that were not sent, by events of the window.
    static var withheldEmails: Self { Self() }
}
