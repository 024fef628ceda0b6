// SPDX-License-Identifier: Apache-2.0

/// All pages: one list an entry of the menu.
enum ConsoleRoutes {
    static let all: [Route] =
        HomePage.routes + HistoryPage.routes + TaskPage.routes + TaskRows.routes
        + TaskActions.routes + ImportsPage.routes + UploadPages.routes + ImportWizard.routes
        + ImportPage.routes + ProfilesPage.routes + ProfileEditor.routes + ProfilePage.routes
        + CampaignsPage.routes + CampaignEditor.routes + CampaignPage.routes
        + CampaignPreviewPage.routes + MessagesPages.routes + SendsPage.routes + SendPage.routes
        + SplitTestsPage.routes
        + ExportsPage.routes + ExportWizard.routes + ExportPage.routes + ExportRunPage.routes
        + AudienceRoutes.all + OutboxPages.routes + SettingsRoutes.all + HelpPages.routes
        + AccountPages.routes
}
