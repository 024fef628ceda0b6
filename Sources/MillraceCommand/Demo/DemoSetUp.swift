// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Database
import Exports
import Files
import Foundation
import Imports
import Messaging
import Millrace

/// Makes what the demo runs on: attributes, a list, bans, a campaign, an import, exports.
struct DemoSetUp {
    static let importName = "Nightly members"
    static let campaignName = "Welcome"
    /// The export types that are about profiles and campaigns; the demo has no custom table.
    static let exports = ExportPair.catalogue.filter {
        $0.isAvailable && $0.facts.exportType.group != .customTable
    }

    let session: Session
    let samples: String

    /// Makes everything in one transaction.
    func run() async throws {
        let content = try JSONText.decode(EmailContent.self, from: try text("welcome.json"))
        let bans = try text("do-not-contact.txt").split(separator: "\n").map(String.init)
        try await session.installation.database.write { transaction in
            let workspace = session.workspace.id
            let context = session.context
            try SettingStore(workspace)
                .set(.importTriggersEnabled, to: true, by: context, in: transaction)
            let tables = ProfileTableStore(workspace)
            let table = try addAttributes(to: tables, in: transaction)
            try ListStore(workspace)
                .create(name: "newsletter", table: table.id, by: context, in: transaction)
            for address in bans {
                _ = try DoNotContactStore(workspace).add(
                    .email,
                    address,
                    reason: "asked never to be written to",
                    by: context,
                    in: transaction
                )
            }
            let campaign = try makeCampaign(content, table, in: transaction)
            let automated = try makeImport(in: transaction)
            try ImportBindingStore(workspace).bind(
                automated.id,
                over: (id: table.id, name: table.name),
                to: campaign,
                at: nil,
                in: transaction
            )
            for pair in DemoSetUp.exports { try makeExport(pair, table, in: transaction) }
        }
    }

    private func addAttributes(
        to tables: ProfileTableStore,
        in transaction: Transaction
    ) throws
        -> ProfileTable
    {
        var table = try tables.table(named: "profiles", in: transaction)
        for attribute in [
            NewAttribute("city", .string),
            NewAttribute(
                "birthDate",
                .date,
                displayName: "Birth date",
                aliases: ["birth_date"],
                role: .birthDate
            ),
            NewAttribute(
                "loyaltyPoints",
                .integer,
                displayName: "Loyalty points",
                aliases: ["loyalty_points"]
            ),
        ] {
            try tables.add(attribute, to: table, in: transaction)
            table = try tables.table(table.id, in: transaction)
        }
        return table
    }

    private func makeCampaign(
        _ content: EmailContent,
        _ table: ProfileTable,
        in transaction: Transaction
    ) throws -> Campaign {
        let store = CampaignStore(session.workspace.id)
        let campaign = try store.create(
            NewCampaign(
                DemoSetUp.campaignName,
                table: table.id,
                content: content,
                rules: CampaignRules(controlPercent: 2)
            ),
            by: session.context,
            in: transaction
        )
        try store.activate(campaign.id, by: session.context, in: transaction)
        return campaign
    }

    private func makeImport(in transaction: Transaction) throws -> AutomatedImport {
        let nightly = TimeOfDay(hour: 3, minute: 0).flatMap { time in
            Zone("Europe/Brussels").flatMap { Recurrence(.daily(at: time), in: $0) }
        }
        return try AutomatedImportStore(session.workspace.id).create(
            AutomatedImportDefinition(
                name: DemoSetUp.importName,
                folder: "incoming",
                selector: try FileSelector(.expression("people.*[.]csv")),
                recurrence: nightly,
                aftermath: .move,
                stablePause: 0
            ),
            isActive: true,
            by: session.context,
            in: transaction
        )
    }

    private func makeExport(
        _ pair: ExportPair,
        _ table: ProfileTable,
        in transaction: Transaction
    ) throws {
        guard let time = TimeOfDay(hour: 4, minute: 0),
            let daily = Recurrence(.daily(at: time), in: .utc)
        else { return }
        var definition = ExportDefinition(
            name: pair.rawValue,
            pair: pair,
            table: table.id,
            transfer: Transfer(fileName: "\(pair.rawValue)-$yyyyMMdd.csv"),
            recurrence: daily
        )
        definition.firstRun = .everything
        let store = ExportStore(session.workspace.id, locations: session.installation.locations)
        let export = try store.create(definition, by: session.context, in: transaction)
        try store.activate(export.id, by: session.context, in: transaction)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(samples)/\(name)", encoding: .utf8)
    }
}
