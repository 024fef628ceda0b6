// SPDX-License-Identifier: Apache-2.0
import Campaigns

extension RowSource where Self == InteractionRows {
    /// Members of custom audiences that were generated in the window, and whose file nobody has at the cut-off.
    static var audienceReady: Self {
        Self("ready", channel: "customAudience", leavesOutDownloaded: true)
    }

    /// Members of custom audiences that were filtered in the window.
    static var audienceNotSent: Self { Self("notSent", channel: "customAudience") }
}

extension RowSource where Self == ActivityRows {
    /// Members of custom audiences whose file was downloaded or dropped in the window.
    static var audienceDownloaded: Self {
        Self(.downloaded, channel: "customAudience", showsContactTime: true)
    }
}
