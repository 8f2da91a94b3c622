/** Catches what a page throws while it is drawn, so that a defect of ours costs one page and not the whole console. */
import { Component, type ReactNode } from "react";

interface Props {
  /** A new place gets a new chance. */
  readonly place: string;
  readonly children: ReactNode;
}

export class Mishap extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: Props) {
    if (before.place !== this.props.place && this.state.error) this.setState({ error: null });
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div className="page">
        <h1>This page could not be shown</h1>
        <div className="failed" role="alert">
          <p>
            Something is wrong with the console itself ({this.state.error.message}). Orders keep flowing.
            Reload the page, or use the command line: xd status.
          </p>
          <button type="button" className="button" onClick={() => window.location.reload()}>
            Reload
          </button>
        </div>
      </div>
    );
  }
}
