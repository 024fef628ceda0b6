// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database

/// What a forecast is of: a send that is changed has another.
struct SendForecastKey: Hashable, Sendable {
    var workspace: WorkspaceID
    var send: ScheduledSend
}

extension SendPage {
    /// The forecast, reckoned beside the page: it looks through the whole audience.
    static func forecastPart(_ send: ScheduledSend) -> Live {
        Live(
            "\(SendsPage.path)/\(send.id)/forecast",
            stays: true,
            Section(
                "Forecast",
                ["<p class=\"note\">Reckoning whom it reaches…</p>" as HTML]
            )
        )
    }

    static func forecast(_ visit: Visit) async throws -> LiveEvents {
        let send = try await visit.read { try SendPage.send(visit, $0) }
        return LiveEvents {
            let forecast = try await visit.services.forecasts.value(
                of: SendForecastKey(workspace: visit.workspace, send: send),
                at: visit.now
            ) {
                try await ScheduledSendStore(visit.workspace)
                    .forecast(of: send.id, on: visit.database)
            }
            return (forecastSection(forecast, visit).html(visit.view), true)
        }
    }

    private static func forecastSection(_ forecast: SendForecast, _ visit: Visit) -> Section {
        var items: [(label: String, value: HTML)] = [
            ("Targeted", HTML(escaping: TimeText.count(forecast.targeted))),
            ("Will get it", HTML(escaping: TimeText.count(forecast.recipients))),
            ("First message", visit.view.time(forecast.firstAt)),
            ("Last message", visit.view.time(forecast.lastAt)),
        ]
        for (status, count) in forecast.excluded.sorted(by: { $0.key < $1.key }) {
            items.append(
                (Reason.words(status).capitalisedFirst, HTML(escaping: TimeText.count(count)))
            )
        }
        return Section("Forecast", note: "As things stood within the last minute.", [Facts(items)])
    }
}
