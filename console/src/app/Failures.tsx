import { Component, type ReactNode } from "react";
import { Translation } from "react-i18next";

/** Says what went wrong in what it holds, in place of it. */
export class Failures extends Component<{ children: ReactNode }, { failure: unknown }> {
  override state: { failure: unknown } = { failure: undefined };

  static getDerivedStateFromError(failure: unknown) {
    return { failure };
  }

  override render() {
    const { failure } = this.state;
    if (failure === undefined) {
      return this.props.children;
    }
    return (
      <Translation>
        {t => (
          <div className="app-failure" role="alert">
            <h1>{t("failed")}</h1>
            <p>{failure instanceof Error && failure.message}</p>
            <button type="button" className="app-button" onClick={() => location.reload()}>
              {t("reload")}
            </button>
          </div>
        )}
      </Translation>
    );
  }
}
