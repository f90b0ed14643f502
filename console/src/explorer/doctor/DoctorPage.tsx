import { useSession } from "../../session/session";
import { Doctor } from "./Doctor";

/** The doctor's page, for whoever calls in this session. */
export default function DoctorPage() {
  const { credentials } = useSession();
  return <Doctor credentials={credentials} endpoint={location.origin} />;
}
