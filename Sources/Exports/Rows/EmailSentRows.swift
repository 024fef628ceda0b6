// SPDX-License-Identifier: Apache-2.0
import Audience

/// E-mails that were handed over, one line each.
struct EmailSentRows: RowSource {
    private let interactions = InteractionRows(channel: "email", state: "sent")

    var keyOfDeletedProfile: String? { interactions.keyOfDeletedProfile }

    func relation(for tables: ExportTables) -> SourceRelation { interactions.relation(for: tables) }

    func cell(_ column: String) -> CellSource? { interactions.cell(column) }

    func judge(_ facts: JudgingFacts) -> RowJudge { interactions.judge(facts) }
}

extension RowSource where Self == EmailSentRows {
    /// E-mails that were sent in the window.
    static var sentEmails: Self { Self() }
}
