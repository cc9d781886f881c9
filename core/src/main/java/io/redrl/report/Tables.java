package io.redrl.report;

import io.redrl.stats.Proportion;

/** What the page's tables have in common. */
final class Tables {
    private Tables() {}

    /** A head row; the first column is the rows' names. */
    static void head(Html html, String... titles) {
        html.open("thead").open("tr");
        for (String title : titles) {
            html.element("th", title, "scope", "col");
        }
        html.close().close();
    }

    /** A cell with a number. */
    static void cell(Html html, String text) {
        html.element("td", text);
    }

    /** A cell with a share in per cent and, small, its 95 % interval. */
    static void share(Html html, Proportion share) {
        html.open("td");
        if (share.n() == 0) {
            html.text(Numbers.NONE);
        } else {
            html.text(Numbers.percent(share.value())).element("small", Numbers.range(share.interval()));
        }
        html.close();
    }
}
